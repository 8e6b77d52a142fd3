"""`luxury demo`: the main job played on real messages, watched live and checked to the end."""
