// See precompiled.cmake.
#pragma once

#include <doctest/doctest.h>

#include "cmake/precompiled.hpp"
