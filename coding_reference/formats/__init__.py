"""How dates read where a template does not say: Django looks here, by language, before it takes its own."""
