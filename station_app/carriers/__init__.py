"""What goes beside the exchange or is carried by hand: packages, slips, attachments' files, backups."""
