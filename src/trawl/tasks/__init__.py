"""A task's life: from the request that makes it to the tombstone it leaves. Knows no concrete engine and no HTTP."""
