"""The practice account: an embedded server that speaks the Web API's wire protocol."""
