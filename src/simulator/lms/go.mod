module lmstudio-simulator/lms

go 1.26.0
