"""Pure judgement: the standard library and numpy only. No clock, environment, logging or transport."""
