"""Pictures made of numbers: each module here turns plain numbers into one Plotly figure."""
