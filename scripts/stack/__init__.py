"""Supabase without Docker: Postgres, PostgREST, Auth, Realtime and the gateway on one URL.

Development equipment, bound to 127.0.0.1; lib and workers never import it.
"""
