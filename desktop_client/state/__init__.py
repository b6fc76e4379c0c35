"""What is known and what is shown, as frozen values.

Owns: `State` and what it is made of.
Never: how it changes (`desktop_client.update`), how it looks (`desktop_client.view`).
"""
