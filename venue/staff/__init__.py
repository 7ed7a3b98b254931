"""Staff: their accounts, how they sign in and stay signed in, and the devices they use."""
