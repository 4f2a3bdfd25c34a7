error: a .wast cannot say it: components A and B need each other
