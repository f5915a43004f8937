from .misc import StochasticDepth, stochastic_depth
