"""The database: models, transactions, search, migrations. Imports no other package of the project."""
