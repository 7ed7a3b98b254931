"""How fast Anchor Desk is: what staff wait for, compared with the best bare query in the same run.

`python -m benchmarks` runs everything and rewrites the tables of RESULTS.md. `--quick` is a trial run on a small venue.
"""
