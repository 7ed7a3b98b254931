"""The best that Streamlit itself does: an app without a venue, a database or a rule, measured beside ours.

`streamlit run benchmarks/plain/app.py`, with the configuration and the care for garbage that ours has.
"""
