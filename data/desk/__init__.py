"""The desk: tips are dealt, graded blind and approved; every step an event, one fold of them."""
