"""The readiness report: what a rule can count on at this server."""
