"""PyTorch on one thread, for the training benchmark: a JSON request a line, a JSON answer a line.

{"do": "start", "net", "batch", "steps", "inputs": {name: base64}, "parameters": {name: base64}} builds a network with
the weights and data of the other contestants and answers with the losses of its first steps, rows in their order;
{"do": "measure", "ms"} trains on for about so long and answers with examples a second.
"""
import base64
import json
import platform
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(1)
torch.set_num_interop_threads(1)

LEARNING_RATE, EPSILON = 1e-3, 1e-7


def floats(text, *shape):
    return torch.frombuffer(bytearray(base64.b64decode(text)), dtype=torch.float32).reshape(shape)


def integers(text, *shape):
    values = torch.frombuffer(bytearray(base64.b64decode(text)), dtype=torch.int32)
    return values.long().reshape(shape)


def put(parameter, values):
    with torch.no_grad():
        parameter.copy_(values.reshape(parameter.shape))


class Dense(nn.Linear):
    def start(self, kernel, bias):  # kernel [inputs, units]
        put(self.weight, floats(kernel, self.in_features, self.out_features).T)
        put(self.bias, floats(bias, self.out_features))


class Convolution(nn.Conv2d):
    def start(self, kernel, bias=None):  # kernel [height, width, inputs, filters]
        filters, inputs, height, width = self.weight.shape
        if self.groups > 1:  # depthwise: [height, width, channels, 1]
            inputs, filters = filters, inputs
        values = floats(kernel, height, width, inputs, filters)
        put(self.weight, values.permute((2, 3, 0, 1) if self.groups > 1 else (3, 2, 0, 1)))
        if bias is not None:
            put(self.bias, floats(bias, filters))


class Mlp(nn.Module):
    def __init__(self, start):
        super().__init__()
        self.first, self.last = Dense(784, 128), Dense(128, 10)
        self.first.start(*start[:2])
        self.last.start(*start[2:])

    def forward(self, x):
        return self.last(F.relu(self.first(x)))


class Cnn(nn.Module):
    def __init__(self, start):
        super().__init__()
        self.first, self.second = Convolution(1, 16, 3, padding=1), Convolution(16, 32, 3, padding=1)
        self.last = Dense(7 * 7 * 32, 10)
        self.first.start(*start[:2])
        self.second.start(*start[2:4])
        self.last.start(*start[4:])
        with torch.no_grad():  # flattened here as [channels, places]
            kernel = self.last.weight.reshape(10, 49, 32).transpose(1, 2).reshape(10, -1).clone()
        put(self.last.weight, kernel)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.first(x)), 2)
        return self.last(F.max_pool2d(F.relu(self.second(x)), 2).flatten(1))


class Recurrent(nn.Module):
    def __init__(self, start, kind):
        super().__init__()
        gates = 4 if kind is nn.LSTM else 3
        self.table, self.layer, self.last = nn.Embedding(5000, 32), kind(32, 64, batch_first=True), Dense(64, 3)
        table, kernel, recurrent, bias, *others = start
        put(self.table.weight, floats(table, 5000, 32))
        put(self.layer.weight_ih_l0, floats(kernel, 32, gates * 64).T)
        put(self.layer.weight_hh_l0, floats(recurrent, 64, gates * 64).T)
        put(self.layer.bias_ih_l0, floats(bias, gates * 64))
        if kind is nn.LSTM:  # has one bias too many
            put(self.layer.bias_hh_l0, torch.zeros(gates * 64))
            self.layer.bias_hh_l0.requires_grad_(False)
        else:
            put(self.layer.bias_hh_l0, floats(others.pop(0), gates * 64))
        if kind is nn.GRU:  # its gates are reset, update, candidate: ours update, reset, candidate
            for name, parameter in self.layer.named_parameters():
                update, reset, candidate = parameter.detach().clone().chunk(3)
                put(parameter, torch.cat((reset, update, candidate)))
        self.last.start(*others)

    def forward(self, x):
        outputs, _ = self.layer(self.table(x))
        return self.last(outputs[:, -1])


class Transformer(nn.Module):
    def __init__(self, start):
        super().__init__()
        self.table, self.last = nn.Embedding(5000, 64), Dense(64, 3)
        self.places = nn.Parameter(torch.zeros(40, 64))
        gelu = lambda x: F.gelu(x, approximate="tanh")
        self.block = block = nn.TransformerEncoderLayer(
            64, 4, 256, dropout=0.0, activation=gelu, batch_first=True, norm_first=True
        )
        (table, places, g1, b1, kernel, bias, out, out_bias, g2, b2, w1, c1, w2, c2, *last) = start
        put(self.table.weight, floats(table, 5000, 64))
        put(self.places, floats(places, 40, 64))
        attention = block.self_attn
        put(attention.in_proj_weight, floats(kernel, 64, 192).T)
        put(attention.in_proj_bias, floats(bias, 192))
        put(attention.out_proj.weight, floats(out, 64, 64).T)
        put(attention.out_proj.bias, floats(out_bias, 64))
        put(block.linear1.weight, floats(w1, 64, 256).T)
        put(block.linear2.weight, floats(w2, 256, 64).T)
        for parameter, values in (
            (block.norm1.weight, g1),
            (block.norm1.bias, b1),
            (block.norm2.weight, g2),
            (block.norm2.bias, b2),
            (block.linear1.bias, c1),
            (block.linear2.bias, c2),
        ):
            put(parameter, floats(values, -1))
        self.last.start(*last)

    def forward(self, x):
        return self.last(self.block(self.table(x) + self.places).mean(1))


class Depthwise(nn.Module):
    def __init__(self, start):
        super().__init__()
        norm = lambda channels: nn.BatchNorm2d(channels, eps=1e-3)
        self.first = Convolution(3, 16, 3, stride=2, bias=False)
        self.middle = Convolution(16, 16, 3, padding=1, groups=16, bias=False)
        self.wide = Convolution(16, 32, 1, bias=False)
        self.norms = nn.ModuleList([norm(16), norm(16), norm(32)])
        self.last = Dense(32, 10)
        for layer, at in ((self.first, 0), (self.middle, 5), (self.wide, 10)):
            layer.start(start[at])  # norms start at 1 and 0 everywhere
        self.last.start(*start[15:])

    def forward(self, x):
        # "Same" of stride 2 pads below and at the right alone, as TensorFlow and the studio have it.
        x = F.relu(self.norms[0](self.first(F.pad(x, (0, 1, 0, 1)))))
        x = F.relu(self.norms[1](self.middle(x)))
        return self.last(F.relu(self.norms[2](self.wide(x))).mean((2, 3)))


class Factorisation(nn.Module):
    def __init__(self, start):
        super().__init__()
        self.users, self.items = nn.Embedding(1000, 32), nn.Embedding(1700, 32)
        self.user_biases, self.item_biases = nn.Embedding(1000, 1), nn.Embedding(1700, 1)
        tables = (self.users, self.items, self.user_biases, self.item_biases)
        for table, values in zip(tables, start):
            put(table.weight, floats(values, -1))

    def forward(self, user, item):
        product = (self.users(user) * self.items(item)).sum(1)
        return product + (self.user_biases(user) + self.item_biases(item)).squeeze(1) + 3.5


NETWORKS = {
    "digits": Mlp,
    "mlp": Mlp,
    "cnn": Cnn,
    "lstm": lambda start: Recurrent(start, nn.LSTM),
    "gru": lambda start: Recurrent(start, nn.GRU),
    "transformer": Transformer,
    "depthwise": Depthwise,
    "mf": Factorisation,
}


class Trainer:
    def __init__(self, net, batch, inputs, parameters, **_):
        self.batch, self.at = batch, 0
        self.model = NETWORKS[net](list(parameters.values()))
        trained = [parameter for parameter in self.model.parameters() if parameter.requires_grad]
        self.optimizer = torch.optim.Adam(trained, LEARNING_RATE, eps=EPSILON)
        if net == "mf":
            self.inputs = (integers(inputs["users"], -1), integers(inputs["items"], -1))
            self.targets, self.loss = floats(inputs["values"], -1), F.mse_loss
            return
        self.targets, self.loss = integers(inputs["labels"], -1), F.cross_entropy
        rows = len(self.targets)
        x = floats(inputs["features"], rows, -1)
        if net in ("lstm", "gru", "transformer"):
            x = x.long()
        elif net not in ("digits", "mlp"):  # from [rows, height, width, channels]
            size, channels = (28, 1) if net == "cnn" else (32, 3)
            x = x.reshape(rows, size, size, channels).permute(0, 3, 1, 2).contiguous()
        self.inputs = (x,)

    def step(self):
        start, end = self.at, self.at + self.batch
        self.at = 0 if end + self.batch > len(self.targets) else end
        loss = self.loss(self.model(*(x[start:end] for x in self.inputs)), self.targets[start:end])
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss

    def rate(self, ms):
        started, steps = time.perf_counter(), 0
        while time.perf_counter() - started < ms / 1000:
            self.step()
            steps += 1
        return self.batch * steps / (time.perf_counter() - started)


def main():
    print(json.dumps({"torch": torch.__version__, "python": platform.python_version()}), flush=True)
    trainer = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["do"] == "start":
                trainer = Trainer(**request)
                answer = {"losses": [trainer.step().item() for _ in range(request["steps"])]}
                trainer.at = 0
            else:
                answer = {"rate": trainer.rate(request["ms"])}
        except Exception as error:  # the benchmark says so and goes on without
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


main()
