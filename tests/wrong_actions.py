FAULTS = {"nothing": lambda: None}
