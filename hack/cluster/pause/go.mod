module lmstudio-operator/pause

go 1.26.0
