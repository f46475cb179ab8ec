# Corrects what JUCE 7 writes wrongly into the description of an LV2 bundle.

# What a choice sends is a value of its range: 0, 1, 2. JUCE writes normalized values, 0 to 1.
/lv2:scalePoint/ { choice = 0 }
/rdf:value/ { sub(/rdf:value [^ ]+/, "rdf:value " choice++) }

# A preset that changes nothing: JUCE's idea of a plugin without programs.
/:preset[0-9]+>$/ { in_preset = 1 }
in_preset { in_preset = !/^$/; next }

# Addresses of a maintainer who has none would mean the file itself.
/foaf:(homepage|mbox) <>/ { next }

# JUCE reads the side-chain's ports even where a host has connected none, which it then need not.
/lv2:(Atom|Control)Port/ { in_audio_port = 0 }
/lv2:AudioPort/ { in_audio_port = 1 }
in_audio_port && /lv2:portProperty lv2:connectionOptional ;/ { next }

{ print }
