"""The words of the trade: bills, rules, orders, verdicts, endings and errors. Standard library only."""
