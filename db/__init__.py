"""What is stored, and how: models, transactions, migrations. Imports nothing else of ours."""
