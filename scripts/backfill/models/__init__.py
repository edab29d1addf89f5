"""Training: the one step of predictions outside SQL. A trained model is data, and scoring it is a dbt model."""
