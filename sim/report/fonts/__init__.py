"""The font of figures and pages, cut from Noto Sans CJK under the Open Font License; ``cut.py`` cuts it again."""
