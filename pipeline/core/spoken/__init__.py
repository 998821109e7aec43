"""From spoken forms to symbols: tokens that keep their sample range."""
