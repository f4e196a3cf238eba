"""One HTTP exchange: address, proxy, TLS, connections that mark the first byte, bodies, causes of failure."""
