"""What happens behind each page, without a widget: jobs in, signals out."""
