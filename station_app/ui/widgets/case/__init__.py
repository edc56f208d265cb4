"""Parts of the case page; the form of an action serves other pages as well."""
