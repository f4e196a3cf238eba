"""The team: claims in the shared ledger, publication of this data folder, takeover of silent PCs' bills."""
