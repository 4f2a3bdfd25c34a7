package model

import "os"

// long says that the tests may take long: CABI_LONG=1.
var long = os.Getenv("CABI_LONG") != ""
