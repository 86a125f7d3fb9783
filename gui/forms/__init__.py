"""Forms made from the schema: no form is written by hand for a component."""
