"""The best that Streamlit itself does: an app without a venue, a database or a rule, measured beside ours.

`streamlit run app.py` in this folder: with the care for garbage that ours has, and the looks that Streamlit comes with.
"""
