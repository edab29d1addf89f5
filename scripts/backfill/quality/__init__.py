"""Great Expectations suites made from the contract in the models' YAML, and what runs and shows them."""
