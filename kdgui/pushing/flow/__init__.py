"""What every long piece of work shares: stop and resume, observers, pauses, circuit breakers."""
