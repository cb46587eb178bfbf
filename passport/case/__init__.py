"""CASE (Competencies and Academic Standards Exchange, 1EdTech, versions 1.0 and 1.1): packages in and out.

Pure: bytes and values go in, values and documents come out. `reading` reads a package, `outline` makes
groups, skills and levels of it and names what has no place there, `writing` writes a framework as CASE 1.1.
"""
