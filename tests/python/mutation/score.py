"""The score of a model, and the mutants that nobody can notice."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import yaml

from mutation.judge import DATA, STILLBORN, SURVIVED, UNIT
from mutation.makers import Mutant

#: The published models: folders of the project.
MODELS = ("path:models/analytics", "path:models/precompute", "path:models/predictions")
#: Percent of the mutants that a test must notice, over all models and of each.
OVERALL, PER_MODEL = 85, 75
EQUIVALENT = Path(__file__).with_name("equivalent.yml")


def equivalents(model: str) -> dict[str, str]:
    """Name of each mutant that changes nothing anybody can see, and why."""
    groups = yaml.safe_load(EQUIVALENT.read_text()).get(model, [])
    return {f"{model}.{name}": group["because"] for group in groups for name in group["mutants"]}


@dataclass
class Score:
    """What became of the mutants of one model, or of all."""

    model: str
    verdicts: dict[Mutant, tuple[str, str]] = field(default_factory=dict)
    listed: dict[str, str] = field(default_factory=dict)

    @property
    def built(self) -> list[Mutant]:
        """Those that are SQL: a column that its input lacks is no fault anybody could commit."""
        return [mutant for mutant, (verdict, _) in self.verdicts.items() if verdict != STILLBORN]

    def killed(self, by: str) -> int:
        """How many the unit tests, or else the data tests, notice."""
        return sum(verdict == by for verdict, _ in self.verdicts.values())

    @property
    def equivalent(self) -> list[Mutant]:
        """Those that survived for a reason."""
        return [mutant for mutant in self._survived() if mutant.name in self.listed]

    @property
    def survivors(self) -> list[Mutant]:
        """Those that survived without one."""
        return [mutant for mutant in self._survived() if mutant.name not in self.listed]

    @property
    def percent(self) -> float:
        """Noticed mutants of those that can be noticed."""
        return 100 * (self.killed(DATA) + self.killed(UNIT)) / max(len(self.built) - len(self.equivalent), 1)

    def complaints(self) -> list[str]:
        """A score below the threshold, and names in the list that stand for nothing."""
        verdicts = {mutant.name: verdict for mutant, verdict in self.verdicts.items()}
        found = [f"{self.model}: {self.percent:.1f} %, below {PER_MODEL} %"] if self.percent < PER_MODEL else []
        for name in self.listed:
            verdict, by = verdicts.get(name, (STILLBORN, ""))
            if verdict == STILLBORN:
                found.append(f"equivalent.yml names a mutant that does not exist: {name}")
            elif verdict != SURVIVED:
                found.append(f"equivalent.yml names a mutant that is noticed by {by}: {name}")
        return found

    def __add__(self, other: Score) -> Score:
        """Both together, under this name."""
        return Score(self.model, self.verdicts | other.verdicts, self.listed | other.listed)

    def _survived(self) -> list[Mutant]:
        return [mutant for mutant, (verdict, _) in self.verdicts.items() if verdict == SURVIVED]
