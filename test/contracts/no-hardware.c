/*
 * A Vulkan driver that compiles and does nothing: Mesa's RADV (up to 25.0) for an AMD GPU that is not there. Commands, on
 * which that driver's null hardware crashes, are kept from it.
 *
 *     cc -shared -fPIC -o no-hardware.so test/contracts/no-hardware.c
 *     {"file_format_version": "1.0.0", "ICD": {"library_path": "/.../no-hardware.so", "api_version": "1.4.305"}}   as no-hardware.json
 *     RADV_FORCE_FAMILY=navi31 DRIVER=/.../libvulkan_radeon.so VK_DRIVER_FILES=no-hardware.json \
 *         node test/contracts/webgpu-compile.mjs --driver
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void (*Function)(void);
typedef Function (*Lookup)(void *, const char *);

static void *driver;
static Lookup of_instance, of_device;

static Function find(const char *name) {
  if (!driver) driver = dlopen(getenv("DRIVER"), RTLD_NOW | RTLD_LOCAL);
  if (!driver) {
    fprintf(stderr, "DRIVER: expected a Vulkan driver's library: %s\n", dlerror());
    exit(1);
  }
  return (Function)dlsym(driver, name);
}

static int success(void) { return 0; }

static int is_command(const char *name) {
  const char *commands[] = {"vkBeginCommandBuffer", "vkEndCommandBuffer", "vkResetCommandBuffer", "vkQueueSubmit",
                            "vkQueueSubmit2", "vkWaitForFences"};
  for (unsigned i = 0; i < sizeof commands / sizeof *commands; i++)
    if (!strcmp(name, commands[i])) return 1;
  return !strncmp(name, "vkCmd", 5);
}

static Function device_function(void *device, const char *name) {
  return is_command(name) ? (Function)success : of_device(device, name);
}

Function vk_icdGetInstanceProcAddr(void *instance, const char *name) {
  if (!of_instance) of_instance = (Lookup)find("vk_icdGetInstanceProcAddr");
  if (is_command(name)) return (Function)success;
  if (strcmp(name, "vkGetDeviceProcAddr")) return of_instance(instance, name);
  of_device = (Lookup)of_instance(instance, name);
  return (Function)device_function;
}

Function vk_icdGetPhysicalDeviceProcAddr(void *instance, const char *name) {
  Lookup of_physical = (Lookup)find("vk_icdGetPhysicalDeviceProcAddr");
  return of_physical ? of_physical(instance, name) : 0;
}

int vk_icdNegotiateLoaderICDInterfaceVersion(unsigned *version) {
  return ((int (*)(unsigned *))find("vk_icdNegotiateLoaderICDInterfaceVersion"))(version);
}
