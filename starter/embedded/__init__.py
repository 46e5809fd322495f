"""Everything on one machine, for trying: Temporal's server, a mail catcher, worker and pages, as one command."""
