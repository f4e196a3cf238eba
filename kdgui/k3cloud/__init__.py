"""The HTTP core: address, credentials, session, calls and answers of the K/3 Cloud Web API."""
