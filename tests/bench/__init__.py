"""How fast a USSD hop is: a crowd of callers, the house, and a bare view beside it on the same server."""
