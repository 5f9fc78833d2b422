"""The building: settings, addresses, embedded servers, country packs and the commands that start it all."""
