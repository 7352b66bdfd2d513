"""The built-in instruments: texts, and what every definition is made with."""
