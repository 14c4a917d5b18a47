"""The model once more as plain Mesa objects, written from ODD.md, to be compared with the engine day by day.

Shared with the engine: the noise (one draw at a time, through its pure-Python twin), the laws of the
distributions, the values of parameters and the layout. Everything else stands here a second time: attributes,
clocks, choices, queues, schedules, money, learning, offices and mechanisms, as objects, lists and loops.
"""
