"""The smallest network without the factor x in its slope. With a negative input its error climbs."""

START = {"x": -0.5, "w": 1.5, "t": 0.25, "eta": 0.25}


def feed_forward(w, x):
    a = w * x
    return a


def error(t, a):
    E = abs(t - a)
    return E


def sign(u):
    return 1 if u > 0 else -1 if u < 0 else 0


def backpropagate(x, t, a):
    dE_da = -sign(t - a)
    da_dw = 1
    dE_dw = dE_da * da_dw
    return dE_dw


def update(w, eta, dE_dw):
    w = w - eta * dE_dw
    return w


def train(x, w, t, eta, updates):
    for _ in range(updates):
        a = feed_forward(w, x)
        w = update(w, eta, backpropagate(x, t, a))
    return w


if __name__ == "__main__":
    print(train(**START, updates=8))
