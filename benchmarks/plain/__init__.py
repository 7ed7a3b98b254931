"""The fastest that Streamlit can be: an app without a venue, a database or a rule, to compare ours with.

`streamlit run app.py` in this folder: with the care for garbage that ours has, and the looks that Streamlit comes with.
"""
