"""How fast it is: what staff wait for, measured against the best bare query in the same run.

`python -m benchmarks` runs everything and rewrites the tables of RESULTS.md; `--quick` is a rehearsal on a small venue.
"""
