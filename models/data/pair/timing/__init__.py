"""How late the wet sound is: searched in the whole file, followed along it, and taken out.

search ─ track ─ slips ─ alignment; or a delay by hand
"""
