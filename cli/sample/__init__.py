"""The sample venue of the demo: a pub that has used Anchor Desk for a year. What it is made of is the same each time,
with dates around the day on which it is loaded. All numbers are of a range that is given to no one."""
