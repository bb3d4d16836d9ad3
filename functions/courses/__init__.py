"""Courses: what study items belong to, with a first lecture, counts, trash and exact restore."""
