"""The complete Belmara: three years of a country's police data with twelve planted truths, made on demand."""
